module example.com/fight

go 1.18
