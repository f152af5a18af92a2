module sealed

go 1.18
