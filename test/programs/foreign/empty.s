// A function without a body wants a file of assembly beside it.
