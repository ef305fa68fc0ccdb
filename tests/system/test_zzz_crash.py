"""What kills a daemon kills it for seconds. After the journal was judged: what is left of a killed daemon rightly complains there."""


def test_services_come_back_after_a_crash(host, eventually):
    for unit in ("postfix.service", "dovecot.service", "nginx.service"):
        before = host.check_output("systemctl show --value --property MainPID %s", unit)
        host.check_output("kill -9 %s", before)
        assert eventually(
            lambda unit=unit, before=before: (
                host.check_output("systemctl show --value --property MainPID %s", unit) not in ("0", before)
            )
        )
