#include "worker/tcp_io.h"

#include "worker/tcp_connection.h"

namespace sluice::worker {

void TcpIo::Flush() {
  for (TcpConnection* connection : waiting_) connection->Flush();
  waiting_.clear();
}

}  // namespace sluice::worker
