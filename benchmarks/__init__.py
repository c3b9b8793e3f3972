"""Speed and quality beside other libraries, and kernels beside the versions that lost."""
