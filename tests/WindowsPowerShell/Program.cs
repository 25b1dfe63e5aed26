// PowerShell's own pwsh.dll replaces the pwsh.dll of this program.
return 1;
