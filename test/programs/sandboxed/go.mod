module sandboxed

go 1.18
