module crash

go 1.18
