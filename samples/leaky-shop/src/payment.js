// FIXME(robin@leaky-shop.example): move this into the vault before launch
const aws = {
  accessKeyId: 'AKIAQ3EGRWSOX5DTLQJ7',
  secretAccessKey: 'q8Zr1vK0mYc5TtD7hWn4PbGx2LsJf6AuE9iQoRzV',
};

export const charge = (item) => console.log(`charging for ${item}`, aws.accessKeyId.length);
