"""Tests of Keras that are not run on rowspace, by name, each under its reason.

`LEFT_OUT` are never run; `SKIPPED` are those the files skip themselves on Keras's torch backend.
docs/peer-tests.md gives the figures.
"""

from __future__ import annotations

NEWER = "wants a newer Keras: its own layer of 3.15.1 fails it too"
TENSORFLOW = "needs TensorFlow: its data sets or string tensors"
GRAIN = "needs grain, another loader of data; any iterable of batches is taken"
INDICATORS = "asks for one-hot, multi-hot, count or tf-idf rows; rowspace gives ids for a table"
ARGUMENTS = "is about the arguments of Keras's class, not about a vocabulary"
VALUES = "wants TensorFlow's hash values (FarmHash, SipHash); ours are BLAKE2b's"
TIES = "items of equal count: Keras ranks them from the last letter down, rowspace by bytes up"
CALLABLE = "hands the user's own function to the tokenizer; rowspace's cut by name"
NGRAMS = "asks for runs of words as items, which rowspace's tokenizers do not make"

LEFT_OUT: dict[str, dict[str, tuple[str, ...]]] = {
    "embedding_test.py": {
        NEWER: (
            "test_int4_policy_string_reload_builds_right_variables_block_none",
            "test_load_own_variables_reports_clear_errors",
            "test_quantize_unsupported_calibration_modes_awq",
            "test_quantize_unsupported_calibration_modes_gptq",
            "test_serialization_round_trip",
        ),
    },
    "index_lookup_test.py": {
        INDICATORS: (
            "test_adapt_tf_idf",
            "test_ensure_known_vocab_size_without_vocabulary",
            "test_one_hot_compute_output_shape_multi_hot_consistency",
            "test_one_hot_compute_output_spec_preserves_input_dims",
            "test_one_hot_symbolic_output_shape_with_higher_rank_input",
            "test_output_modes",
            "test_pad_to_max_tokens",
        ),
        ARGUMENTS: (
            "test_idf_weights_set_with_non_tfidf_output_mode",
            "test_invert_with_non_int_output_mode",
            "test_max_tokens_less_than_two",
            "test_max_tokens_none_with_pad_to_max_tokens",
            "test_negative_num_oov_indices",
            "test_non_tf_idf_with_idf_weights",
            "test_salt_requires_farmhash",
            "test_salt_valid_and_invalid_formats",
            "test_sparse_true_with_int_output_mode",
            "test_vocabulary_file_does_not_exist",
        ),
        TENSORFLOW: ("test_adapt_with_tf_data", "test_invert"),
    },
    "string_lookup_test.py": {
        INDICATORS: (
            "test_one_hot_symbolic_output_shape_nested_input",
            "test_output_mode_count_shape",
            "test_output_mode_multi_hot_binary",
        ),
        TENSORFLOW: ("test_tf_data_compatibility",),
        GRAIN: ("test_adapt_with_grain_dataset",),
    },
    "text_vectorization_test.py": {
        INDICATORS: (
            "test_multi_hot_output",
            "test_output_mode_count_output",
            "test_output_mode_tf_idf_output",
            "test_pad_to_max_tokens",
        ),
        TENSORFLOW: (
            "test_adapt_with_steps",
            "test_adapt_with_tf_dataset",
            "test_static_output_sequence_length_from_dense",
            "test_static_output_sequence_length_from_ragged",
            "test_tf_data_compatibility",
        ),
        CALLABLE: (
            "test_custom_splitting",
            "test_custom_standardize_callable",
            "test_python_standardize_callable_non_tf_backend",
        ),
        ARGUMENTS: ("test_invalid_ngrams", "test_output_sequence_length_with_non_int_mode"),
        NGRAMS: ("test_ngrams_integer", "test_ngrams_tuple"),
        GRAIN: ("test_adapt_with_grain_dataset",),
        TIES: ("test_adapt_flow",),
    },
    "hashing_test.py": {
        INDICATORS: (
            "test_compute_output_shape_count_(3, 4)",
            "test_compute_output_shape_count_(4, 1)",
            "test_compute_output_shape_count_(4,)",
            "test_compute_output_shape_multi_hot_(3, 4)",
            "test_compute_output_shape_multi_hot_(4, 1)",
            "test_compute_output_shape_multi_hot_(4,)",
            "test_compute_output_shape_one_hot_(3, 4)",
            "test_compute_output_shape_one_hot_(4, 1)",
            "test_compute_output_shape_one_hot_(4,)",
            "test_count_output_1d_input",
            "test_count_output_2d_input",
            "test_multi_hot_output",
            "test_one_hot_output",
            "test_one_hot_output_dtype_float32",
            "test_one_hot_output_dtype_float64",
        ),
        VALUES: (
            "test_correctness",
            "test_hash_dense_input_farmhash",
            "test_hash_dense_input_mask_value_farmhash",
            "test_hash_dense_input_siphash",
            "test_hash_dense_int_input_farmhash",
            "test_hash_dense_int_input_siphash",
            "test_hash_dense_list_input_farmhash",
            "test_hash_list_input_list_input",
            "test_hash_list_input_list_input_2d",
            "test_hash_list_input_list_input_2d_multiple",
            "test_hash_list_input_list_input_3d",
            "test_tensor_like_inputs_array_like",
            "test_tensor_like_inputs_list",
            "test_tensor_like_inputs_numpy",
            "test_tensor_like_inputs_tuple",
        ),
        ARGUMENTS: (
            "test_hashing_invalid_dtype_for_int_mode",
            "test_hashing_invalid_output_mode",
            "test_hashing_sparse_with_int_mode",
            "test_invalid_inputs",
        ),
        TENSORFLOW: ("test_tf_data_compatibility",),
    },
}

SKIPPED: dict[str, tuple[str, ...]] = {
    "embedding_test.py": ("test_correctness_sparse", "test_ragged", "test_sparse"),
    "index_lookup_test.py": ("test_saving", "test_sparse_outputs"),
    "string_lookup_test.py": (
        "test_invert_lookup_basic",
        "test_sparse_inputs",
        "test_sparse_output_in_multi_hot",
        "test_tensor_as_vocab",
    ),
    "text_vectorization_test.py": (
        "test_one_hot_output",
        "test_ragged_tensor",
        "test_ragged_tensor_output_length",
        "test_save_load_tf_idf_mode",
        "test_save_load_with_ngrams_flow",
        "test_sparse_output",
        "test_tf_as_first_sequential_layer",
    ),
    "hashing_test.py": (
        "test_hash_sparse_input_farmhash",
        "test_hash_sparse_input_mask_value_farmhash",
        "test_hash_sparse_input_siphash",
        "test_hash_sparse_int_input_farmhash",
        "test_hash_sparse_int_input_siphash",
        "test_saving",
    ),
}

PASSED: dict[str, int] = {
    "embedding_test.py": 54,
    "index_lookup_test.py": 12,
    "string_lookup_test.py": 11,
    "text_vectorization_test.py": 17,
    "hashing_test.py": 9,
}
"""Tests that run and pass."""
