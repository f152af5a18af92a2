module syncsizes

go 1.18
