module decode

go 1.18
