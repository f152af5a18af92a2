module example.com/grown

go 1.18
