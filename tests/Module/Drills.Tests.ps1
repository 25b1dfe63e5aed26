# The cmdlets about drills in a real pwsh. Drills themselves run on a practice cluster, in the .NET tests; here are the promises that need none.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Samples.ps1"
    Import-Module $ModuleFile -Force
    $kubeconfig = Join-Path $TestDrive 'kubeconfig'
    Set-Content -LiteralPath $kubeconfig -Value @'
apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: 'https://127.0.0.1:1'}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
users: [{name: nobody, user: {token: none}}]
current-context: nowhere
'@
}

Describe 'The catalogue' {
    It 'says of each drill what it breaks, what will be seen, and what guards it' {
        $drills = Get-FailureDrill
        $drills.Name | Should -Contain 'Scheduler'
        foreach ($drill in $drills) {
            $drill.Injection, $drill.Synopsis, $drill.Target | Should -Not -BeNullOrEmpty
            $drill.Effect.Count, $drill.Guard.Count | Should -BeGreaterThan 2
        }
    }

    It 'is chosen from by name, which completes' {
        (Get-FailureDrill Kubelet, ApiServer).Count | Should -Be 2
        $line = 'Invoke-FailureDrill -Name Cont'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'ControllerManager'
        $line = 'Invoke-FailureDrill Snap'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'SnapshotRestore'
        { Get-FailureDrill -Name Nonsense } | Should -Throw -ErrorId 'CannotConvertArgument*'
    }
}

Describe 'A drill' {
    It 'does not begin where the hosts are not known' {
        Invoke-FailureDrill Scheduler -Kubeconfig $kubeconfig -Force -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'DrillRefused,*'
        $problem.ErrorDetails.RecommendedAction | Should -Match '-HostName'
    }

    It 'looks at the live hosts with -WhatIf, too' {
        $login = @{ Port = 1; SshOption = @{ UserKnownHostsFile = '/dev/null' } }
        Invoke-FailureDrill Scheduler -Kubeconfig $kubeconfig -HostName 127.0.0.1 @login -WhatIf -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*'
    }

    It 'takes the login of the connection' {
        $cluster = [ClusterHeal.ClusterConnection]::new()
        Set-SampleProperty $cluster HostName ([ClusterHeal.ItemCollection[string]]::new([string[]] '127.0.0.1'))
        Set-SampleProperty $cluster Kubeconfig ([ClusterHeal.ItemCollection[string]]::new([string[]] $kubeconfig))
        Set-SampleProperty $cluster SshOption ([System.Collections.Generic.Dictionary[string, string]]::new())
        Set-SampleProperty $cluster Port 1
        Set-SampleProperty $cluster ClusterName nowhere
        Undo-FailureDrill -Cluster $cluster -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*'
        $problem.TargetObject | Should -Be '127.0.0.1'
    }
}
