module life

go 1.18
