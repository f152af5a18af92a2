module whokeys
go 1.18
