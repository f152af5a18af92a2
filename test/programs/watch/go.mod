module watch

go 1.18
