"""The master key of the tests 测试主密钥, and of every process that they start."""

from __future__ import annotations

import os

from documents import database, keyring

DATA_KEY = "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk="
os.environ.setdefault("JUANZONG_DATA_KEY", DATA_KEY)
keyring.use(keyring.master_from(DATA_KEY), database.database)
