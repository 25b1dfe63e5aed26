# Every snippet of PowerShell in the README and the guides runs, in the order of its page, on a real practice cluster that `dotnet test` starts and
# tells of in the environment. What changes something runs with -WhatIf, which makes the plan from the live cluster; the README's ten lines and what
# only saves files run for real.

BeforeDiscovery {
    $noCluster = -not $env:CLUSTERHEAL_TEST_MASTERS
    $root = (Resolve-Path "$PSScriptRoot/../..").Path

    # By the beginning of the snippet: why it does not run here.
    $left = @{
        'Register-PSResourceRepository' = 'Package.Tests.ps1 installs the package.'
        '$action = New-ScheduledTask'   = 'The scheduled tasks of Windows. Samples.Tests.ps1 runs the script.'
        'kubectl delete events'         = 'It is about kubectl.'
        '$report | Undo-EtcdRestore'    = 'There is no restore to take back: the restores before it were plans. Restore.Tests.ps1 undoes one.'
    }
    # By the beginning of the snippet: what this cluster, which is well and small, rightly answers.
    $refused = @{
        'Repair-EtcdMember -HostName kubem02'                   = 'RepairRefused'  # The member is well.
        'Invoke-FailureDrill Kubelet'                           = 'DrillRefused'   # It needs two workers.
        '$reports = foreach ($drill in '                        = 'DrillRefused'
        'Undo-FailureDrill -HostName'                           = 'DrillNotFound'  # The drills before it were plans.
        'Restore-EtcdSnapshot -Path prod.db -HostName kubem00 ' = 'RestoreRefused' # Its etcd has three members.
    }
    # These run for real: they save files, or are the first lines that people type.
    $real = 'Get-EtcdSnapshotObject -Path prod.db -Kind Deployment -Namespace shop -Name web | Export', 'Test-ClusterHealth', 'Get-EtcdMember -HostName', '$cluster = ''kubem00='

    $cases = foreach ($page in @(Get-Item "$root/README.md"; Get-ChildItem "$root/docs/guides" -Filter *.md)) {
        $snippets = [regex]::Matches((Get-Content -Raw $page), '(?ms)^```powershell\r?\n(.*?)^```').ForEach{ $_.Groups[1].Value }
        $runs = foreach ($snippet in $snippets) {
            $why = $left.Keys.Where{ $snippet.StartsWith($_) }
            $refusal = $refused.Keys.Where{ $snippet.StartsWith($_) }.ForEach{ $refused[$_] }
            if (-not $why) { @{ Text = $snippet; Real = [bool] $real.Where{ $snippet.StartsWith($_) }; Refusal = "$refusal" } }
        }
        if ($runs) { @{ Page = $page.Name; Snippets = @($runs) } }
    }
}

Describe 'The snippets' -Skip:$noCluster {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $masters = $env:CLUSTERHEAL_TEST_MASTERS.Split(',')
        # A user's ssh_config, and the password that sudo asks for: all else is in the snippets.
        $config = Join-Path $TestDrive 'ssh_config'
        $hosts = 0..2 | ForEach-Object { "Host kubem0$_`n  HostName $($masters[$_])" }
        Set-Content $config ($hosts + "Host kubew01`n  HostName $env:CLUSTERHEAL_TEST_JUMP`nHost *`n  IdentityFile $env:CLUSTERHEAL_TEST_SSH_KEY`n  UserKnownHostsFile $env:CLUSTERHEAL_TEST_KNOWN_HOSTS")
        $root = @{ SshConfigFile = $config; UserName = 'root' }

        # The files that the guides speak of.
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'user')).FullName
        Connect-Cluster -ClusterName practice -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG -HostName kubem00, kubem01, kubem02 @root | Out-Null
        Test-ClusterHealth ApiServer, Etcd, Nodes -Wait -StableFor 2s -TimeoutSec 180 -Quiet | Should -BeTrue
        function kubectl { & $env:CLUSTERHEAL_TEST_KUBECTL --kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG @args | Out-Null }
        Set-Content "$folder/shop.yaml" @'
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: app, namespace: shop }
data: { colour: blue }
---
apiVersion: v1
kind: Secret
metadata: { name: word, namespace: shop }
data: { word: eA== }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [ { name: web, image: nginx } ] }
'@
        Set-Content "$folder/late.yaml" 'apiVersion: v1', 'kind: ConfigMap', 'metadata: { name: late, namespace: shop }'
        kubectl create --filename "$folder/shop.yaml"
        $LASTEXITCODE | Should -Be 0
        $null = New-Item -ItemType Directory "$folder/backup", "$folder/home/.kube"
        $null = Save-EtcdSnapshot -Path "$folder/prod.db"
        foreach ($file in Get-ChildItem "$folder/prod.db*") { Copy-Item $file ($file.FullName -replace 'prod\.db', 'backup/etcd-cdf818194e3a8c32-20261122T011500Z.db') }
        foreach ($to in 'prod.kubeconfig', 'home/.kube/config') { Copy-Item $env:CLUSTERHEAL_TEST_KUBECONFIG "$folder/$to" }
        kubectl --namespace shop delete deployment web
        kubectl create --filename "$folder/late.yaml"
        kubectl --namespace shop patch configmap app --patch '{"data":{"colour":"red"}}'
        $key = [Convert]::ToBase64String([byte[]] (1..32))
        Set-Content "$folder/encryption.yaml" "apiVersion: apiserver.config.k8s.io/v1`nkind: EncryptionConfiguration`nresources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: k1, secret: $key}]}}, {identity: {}}]}]"
    }

    AfterAll {
        if ($folder) { Disconnect-Cluster -ErrorAction Ignore }
    }

    It 'of <Page> work as they stand' -ForEach $cases {
        $script = Join-Path $TestDrive 'page.ps1'
        $preamble = @"
`$ErrorActionPreference = 'Continue'
Import-Module '$ModuleFile'
Set-Location '$folder'
`$env:KUBECONFIG = '$folder/prod.kubeconfig'
`$env:PATH += ':$(Split-Path $env:CLUSTERHEAL_TEST_KUBECTL)'
`$as = [pscredential]::new(`$env:CLUSTERHEAL_TEST_USER, (ConvertTo-SecureString `$env:CLUSTERHEAL_TEST_PASSWORD -AsPlainText -Force))
`$PSDefaultParameterValues = @{ '*:SshConfigFile' = '$config' }
Connect-Cluster -ClusterName practice -HostName kubem00, kubem01, kubem02 -UserName admin -SudoCredential `$as -Kubeconfig '$folder/prod.kubeconfig' | Out-Null
`$PSDefaultParameterValues['*:SudoCredential'] = `$as
"@
        $lines = foreach ($one in $Snippets) {
            "`$WhatIfPreference = `$$(-not $one.Real)"
            "try {`n$($one.Text)`n} catch { }"
            # One that is refused as it should be is no failure; one that should be and is not, is one.
            "`$problem = @(`$Error | Where-Object FullyQualifiedErrorId).FullyQualifiedErrorId -replace ',.*'"
            "if (`"`$(`$problem | Select-Object -Unique)`" -ne '$($one.Refusal)') { 'FAILED: ' + @'`n$($one.Text)`n'@; `$Error | ForEach-Object { `"  `$(`$_.FullyQualifiedErrorId): `$_`" } }"
            '$Error.Clear()'
        }
        Set-Content $script (@($preamble) + $lines + "'all of it ran'")
        $home0 = $env:HOME
        $env:HOME = "$folder/home"
        try { $output = pwsh -NoProfile -NonInteractive -File $script 2> "$script.err" } finally { $env:HOME = $home0 }
        $failed = @($output | Select-String -Pattern 'FAILED: ' -Context 0, 12)
        $failed | Out-String | Should -BeNullOrEmpty -Because (Get-Content -Raw "$script.err")
        $output | Should -Contain 'all of it ran' -Because (Get-Content -Raw "$script.err")
    }
}
