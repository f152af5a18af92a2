module stale

go 1.18
