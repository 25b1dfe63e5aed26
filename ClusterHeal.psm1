# The cmdlets are in bin/ClusterHeal.dll, a nested module. This file is the module's root and exports nothing: a script loader would lose every
# command on the second Import-Module -Force. On request (Import-Module ClusterHeal -ArgumentList Kubectl) it adds the short names of kubectl.
param([string] $Names)

if ($Names -notin '', 'Kubectl') { throw "'$Names' is no set of names. -ArgumentList takes Kubectl, for cordon, uncordon and drain." }
if ($Names) {
    $aliases = @{ cordon = 'Suspend-NodeScheduling'; uncordon = 'Resume-NodeScheduling'; drain = 'Invoke-NodeDrain' }
    foreach ($alias in $aliases.Keys) { Set-Alias $alias $aliases[$alias] -Scope Global }
    $ExecutionContext.SessionState.Module.OnRemove = { Remove-Item $aliases.Keys.ForEach{ "Alias:$_" } -ErrorAction Ignore }.GetNewClosure()
}
