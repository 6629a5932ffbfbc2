// The program: a table of contents. Everything it does lies below in runner/cli.

int main() { return 0; }
