module sizes

go 1.18
