# Connections that last: saved and named ones, hosts that are checked, an ssh_config of one's own, threads and jobs. On a practice control plane
# that `dotnet test` starts and tells of in the environment.

BeforeDiscovery { $noPlane = -not $env:CLUSTERHEAL_TEST_KUBECONFIG }

Describe 'A connection' -Skip:$noPlane {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $kubeconfig = $env:CLUSTERHEAL_TEST_KUBECONFIG
        $formerFolder = $env:XDG_CONFIG_HOME
        $env:XDG_CONFIG_HOME = Join-Path $TestDrive 'config'
        $folder = Join-Path $TestDrive 'config/clusterheal/connections'
        $word = 'S3cret-w0rd'
        $secret = [pscredential]::new('alice', (ConvertTo-SecureString $word -AsPlainText -Force))
        $silent = @{ HostName = '127.0.0.1'; Port = 1; SshTransport = 'SshNet' }
        $nodes = 'kubew01', 'kubew02', 'm1'
    }

    AfterAll {
        if ($folder) {
            $env:XDG_CONFIG_HOME = $formerFolder
            Disconnect-Cluster
        }
    }

    It 'is saved for its user alone, without a secret, and comes back by its name' {
        $made = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT -Save one
        $file = Get-Item (Join-Path $folder 'one.json')
        if (-not $IsWindows) { $file.UnixMode | Should -Be '-rw-------' }
        Disconnect-Cluster
        $again = Connect-Cluster -Name one
        foreach ($name in 'ClusterName', 'Server', 'Context', 'Kubeconfig', 'Endpoint') { "$($again.$name)" | Should -Be "$($made.$name)" }
        (Get-NodeStatus).NodeName | Should -Be $nodes
        (Connect-Cluster -Name one -ClusterName other).ClusterName | Should -Be 'other'
        $line = 'Connect-Cluster -Name o'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'one'
    }

    It 'with passwords saves that there are some, asks for them, and takes them from SecretManagement' {
        $null = Connect-Cluster -Kubeconfig $kubeconfig @silent -SshCredential $secret -SudoCredential $secret -Save two -WarningAction SilentlyContinue
        $text = Get-Content -Raw (Join-Path $folder 'two.json')
        $text | Should -Not -Match $word
        $text | Should -Match '"needsSudoPassword": true'
        $run = Invoke-Pwsh "try { Connect-Cluster -Name two } catch { `$_.FullyQualifiedErrorId; `$_.ErrorDetails.RecommendedAction }"
        $run.Output[0] | Should -BeLike 'CredentialRequired,*'
        $run.Output[1] | Should -BeLike '*-SshCredential*Set-Secret ClusterHeal-two-login*'
        $vault = "function global:Get-Secret { param(`$Name, `$ErrorAction) Add-Content '$TestDrive/asked' `$Name; ConvertTo-SecureString 'x' -AsPlainText -Force }"
        $run = Invoke-Pwsh "$vault; (Connect-Cluster -Name two -WarningAction SilentlyContinue).UserName"
        $run.Output | Should -Be 'alice'
        Get-Content "$TestDrive/asked" | Should -Be 'ClusterHeal-two-login', 'ClusterHeal-two-sudo'
        (Connect-Cluster -Name two -SshCredential $secret -SudoCredential $secret -WarningAction SilentlyContinue).Sudo | Should -BeTrue
    }

    It 'that is not there, or has a name that cannot be, is said, and the session keeps its own' {
        $own = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice
        { Connect-Cluster -Name nosuch } | Should -Throw -ErrorId 'SavedConnectionNotUsable,*' -ExpectedMessage "*no saved connection 'nosuch'*"
        { Connect-Cluster -Name ../one } | Should -Throw -ErrorId 'SavedConnectionNotUsable,*'
        Set-Content (Join-Path $folder 'bad.json') '{"schema":'
        { Connect-Cluster -Name bad } | Should -Throw -ErrorId 'SavedConnectionNotUsable,*'
        [object]::ReferenceEquals((Get-ClusterConnection), $own) | Should -BeTrue
    }

    It 'says at once which host cannot be logged in to' {
        $null = Connect-Cluster -Kubeconfig $kubeconfig @silent -SshCredential $secret -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike '127.0.0.1 cannot be logged in to now: *'
    }

    It 'reads the ssh_config that is named' {
        Disconnect-Cluster
        Set-Content (Join-Path $TestDrive 'ssh_config') 'Host somewhere.invalid', '  HostName 127.0.0.1', '  Port 1'
        $null = Get-NodeComponent somewhere.invalid -SshConfigFile (Join-Path $TestDrive 'ssh_config') -ErrorVariable problem -ErrorAction SilentlyContinue
        "$problem" | Should -Match 'refused'
        $null = Get-NodeComponent somewhere.invalid -SshConfigFile (Join-Path $TestDrive 'none') -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'goes into threads and jobs' {
        $c = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice -Save job
        $module = $ModuleFile
        (Start-ThreadJob { Import-Module $using:module; (Get-NodeStatus -Cluster $using:c).NodeName } | Receive-Job -Wait) | Should -Be $nodes
        ($nodes | ForEach-Object -Parallel { Import-Module $using:module; (Get-NodeStatus $_ -Cluster $using:c).NodeName } | Sort-Object) | Should -Be $nodes
        (Start-Job { Import-Module $using:module; $null = Connect-Cluster -Name job; (Get-NodeStatus).NodeName } | Receive-Job -Wait) | Should -Be $nodes
    }
}
