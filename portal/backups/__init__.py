"""Backup files 备份文件: encrypted, whole or not there."""
