module outside

go 1.18
