# A cluster by a kubeconfig of PowerShell for Windows, with a token, since Wine's key store takes no client certificate.

Describe 'A kubeconfig on Windows' {
    BeforeAll {
        . "$PSScriptRoot/../Common.ps1"
        Import-Module $ModuleFile -Force
    }

    AfterAll { Disconnect-Cluster }

    It 'connects with a token, and finds its authority beside itself' {
        $connection = Connect-Cluster -Kubeconfig Z:\work\kube\config -ClusterName practice
        $connection.Server | Should -Be $env:CLUSTERHEAL_TEST_SERVER.TrimEnd('/')
    }

    It 'shows the nodes' {
        $null = Connect-Cluster -Kubeconfig Z:\work\kube\config -ClusterName practice
        (Get-NodeStatus | Sort-Object NodeName).NodeName | Should -Be 'kubew01', 'kubew02'
        (Get-NodeStatus kubew01 | Format-Table | Out-String -Width 200) | Should -Match 'kubew01\s+Ready'
    }

    It 'is one of several in KUBECONFIG, which semicolons part' {
        $env:KUBECONFIG = 'C:\no such file;Z:\work\kube\config'
        try { (Connect-Cluster -ClusterName practice).Server | Should -Be $env:CLUSTERHEAL_TEST_SERVER.TrimEnd('/') }
        finally { $env:KUBECONFIG = $null }
    }

    It 'cordons a node and lets it go' {
        $null = Connect-Cluster -Kubeconfig Z:\work\kube\config -ClusterName practice
        (Suspend-NodeScheduling kubew02 -Confirm:$false -PassThru).Status | Should -Be 'Ready,SchedulingDisabled'
        (Resume-NodeScheduling kubew02 -Confirm:$false -PassThru).Status | Should -Be 'Ready'
    }
}
