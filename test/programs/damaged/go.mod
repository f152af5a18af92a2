module damaged

go 1.18
