"""What `doctor` advises in Chinese about a finding of the server's."""

SERVER = {
    "reachable": "请检查地址、用户与密码；使用 TLS 时还须检查服务器证书，并确认服务器在运行。",
    "version": "请使用 Redis 7.0 或更新的版本，或任何版本的 Valkey。",
    "role": "这是副本，请改为指明主服务器。",
    "mode": "请使用 cluster-enabled no 的服务器。",
    "append-only file": "请为服务器的数据目录腾出磁盘空间，并查看其日志。",
    "scripts": "请允许服务的用户运行脚本、读写全部键，并在全部频道上发布和收听（ACL SETUSER）。",
}
"""What to do about a finding of the server's, which says it in English itself."""
