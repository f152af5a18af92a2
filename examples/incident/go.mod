module incident

go 1.21
