package main

// manual is what -h says before the flags.
const manual = `Fleet shows what one controller can carry, in one of three ways:

  fleet -controller URL -token FILE ...   load a test controller that runs, to size a server
  fleet -soak 8h                          see that a controller does not grow in eight hours
  fleet -bench                            measure hub and controller against floors

What does this server carry? Start a controller on it with an empty data folder and
-sample, and a minute later, on the same machine or another one:

  fleet -controller http://127.0.0.1:8420 -token /var/lib/mingbai/controller/api-token \
        -screens 2000 -for 10m -publish 1m -storm

The last line says it. Simulated screens are enrolled by themselves and taken out of
service at the end. With -metrics-token, or with -pid on the same machine, it also
says how much memory and how many cores the controller takes.

这台服务器能带多少块屏？在服务器上用空的数据目录加 -sample 启动 controller，再运行上面的
命令，最后一行就是结论。模拟屏自动登记，结束时自动停用。不要对正式系统运行。

`
