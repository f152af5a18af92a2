module patched

go 1.18
