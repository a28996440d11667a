const http = require('http');
const body = Buffer.alloc(256, 'x');
const server = http.createServer((request, response) => {
    if (request.url === '/quit') { response.end(); process.exit(0); }
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
    response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log('PORT ' + server.address().port));
