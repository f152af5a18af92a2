module forks

go 1.18
