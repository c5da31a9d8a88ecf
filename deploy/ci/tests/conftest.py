import signal

# Who runs the tests by nohup ignores it, and so would nginx and whatever else they
# start; a signal that is caught is theirs again.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_signal: None)
