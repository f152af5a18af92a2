module github.com/mapaudit/mapaudit/go

go 1.18
