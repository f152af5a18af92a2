module synctrace

go 1.18
