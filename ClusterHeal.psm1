# The cmdlets are in bin/ClusterHeal.dll, a nested module. This file is the module's root and exports nothing: a script loader would lose every
# command on the second Import-Module -Force. On request (Import-Module ClusterHeal -ArgumentList Kubectl) it adds the short names of kubectl.
param([ValidateSet('', 'Kubectl')] [string] $Alias)

if ($Alias) {
    $names = @{ cordon = 'Suspend-NodeScheduling'; uncordon = 'Resume-NodeScheduling'; drain = 'Invoke-NodeDrain' }
    foreach ($name in $names.Keys) { Set-Alias $name $names[$name] -Scope Global }
    $ExecutionContext.SessionState.Module.OnRemove = { Remove-Item $names.Keys.ForEach{ "Alias:$_" } -ErrorAction Ignore }.GetNewClosure()
}
