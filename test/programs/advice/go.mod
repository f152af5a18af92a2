module advice

go 1.21
