module foreign

go 1.18
