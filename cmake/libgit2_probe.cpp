// Whether libgit2's archive and what it was built upon make a program (archives.cmake).
#include <git2.h>

int main() {
  git_remote* remote = nullptr;
  return git_libgit2_init() +
         git_remote_connect(remote, GIT_DIRECTION_FETCH, nullptr, nullptr, nullptr);
}
