module every

go 1.18
