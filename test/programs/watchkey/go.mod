module watchkey

go 1.18
