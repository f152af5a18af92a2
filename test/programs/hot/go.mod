module hot

go 1.18
