/* The ceiling of a plain look-up: rows copied by their ids, nothing checked.
 *
 * Every row is asked for `ahead` rows before it is needed, line by line, and is written past the
 * caches (streaming stores) when `past` is set: the output is far larger than they are. `second`:
 * rows are asked for into the second cache instead of the first. All three are the caller's choice, so that the best can be taken. Rows are 64-byte aligned, dim is a multiple
 * of 16. Threads share the ids in equal runs.
 */
#include <immintrin.h>
#include <omp.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
typedef __m512 vector;
#define READ(at) _mm512_load_ps(at)
#define PAST(at, value) _mm512_stream_ps(at, value)
#define WRITE(at, value) _mm512_store_ps(at, value)
#else
#define LANES 8
typedef __m256 vector;
#define READ(at) _mm256_load_ps(at)
#define PAST(at, value) _mm256_stream_ps(at, value)
#define WRITE(at, value) _mm256_store_ps(at, value)
#endif

#define FIRST(at) _mm_prefetch(at, _MM_HINT_T0)
#define SECOND(at) _mm_prefetch(at, _MM_HINT_T1)

#define RUN(DIM, STORE, HINT)                                                              \
    for (int64_t i = from; i < to; i++) {                                            \
        const int64_t later = ids[i + ahead < to ? i + ahead : to - 1];              \
        const char *soon = (const char *)(table + later * (DIM));                    \
        for (int64_t line = 0; line < (DIM) / 16; line++)                            \
            HINT(soon + 64 * line);                                                  \
        const float *row = table + ids[i] * (DIM);                                   \
        float *into = out + i * (DIM);                                               \
        for (int64_t at = 0; at < (DIM); at += LANES) STORE(into + at, READ(row + at)); \
    }

#define WITH(STORE, HINT)                                                               \
    switch (dim) {                                                                   \
    case 64: RUN(64, STORE, HINT) break;                                                   \
    case 128: RUN(128, STORE, HINT) break;                                                 \
    case 256: RUN(256, STORE, HINT) break;                                                 \
    default: RUN(dim, STORE, HINT)                                                         \
    }

void gather(const float *table, int64_t dim, const int64_t *ids, int64_t count,
            float *out, int64_t ahead, int64_t past, int64_t second, int64_t threads)
{
#pragma omp parallel num_threads(threads)
    {
        const int64_t me = omp_get_thread_num(), all = omp_get_num_threads();
        const int64_t from = count * me / all, to = count * (me + 1) / all;
        if (past && second) { WITH(PAST, SECOND) }
        else if (past) { WITH(PAST, FIRST) }
        else if (second) { WITH(WRITE, SECOND) }
        else { WITH(WRITE, FIRST) }
        _mm_sfence();
    }
}
