module migrate

go 1.18
