// PowerShell's own pwsh.dll takes the place of this program's.
return 1;
