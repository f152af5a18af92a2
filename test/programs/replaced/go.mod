module replaced

go 1.18
