module manyps

go 1.18
